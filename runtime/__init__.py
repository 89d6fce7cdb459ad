"""What employees use: releases, cases and tasks in a database, and the pages over them."""
