"""What must hold for one app besides its shape: one file for each rule, named by what it is about."""
