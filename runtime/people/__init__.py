"""Who there is and who is signed in: the organisation, accounts, sessions, absences."""
