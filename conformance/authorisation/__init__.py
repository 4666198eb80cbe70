"""Who may do what: policies set over the wire, judged by their effect on documents."""
