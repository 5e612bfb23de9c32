"""What happened in a call and when: the record, its reading and its drawing."""
