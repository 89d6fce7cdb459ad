"""What a change of definitions means, in sentences for whoever has to approve it; over two compiled versions of a workspace."""
