"""The stand-in for the Google Sheets API v4 on one machine: `server.LocalSheets` is its door."""
