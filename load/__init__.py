"""What a community must carry: Locust users over mutual TLS, judged by the content of the answers."""
