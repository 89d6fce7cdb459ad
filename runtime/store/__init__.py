"""Where rows are kept: the tables, the two databases, and the statements that are asked all day."""
