"""The processes of a site on one machine: an embedded broker and a supervisor. No Django in here."""
