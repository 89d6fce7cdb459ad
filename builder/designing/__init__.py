"""The web designer: edits of an app's YAML that leave every other byte alone, drafts kept on the server, and the pages over both."""
