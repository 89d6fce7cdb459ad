"""Cases and tasks: what is committed, and what pages and the API tell of them."""
