"""The commands by subject: options, words of help, and what of the database each opens.

What a command does stands elsewhere; each imports it when it is called, so that asking for help loads neither a web server nor a compiler.
"""
