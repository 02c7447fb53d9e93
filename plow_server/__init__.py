"""The server: carries requests to the database and proposes bookings to it."""
