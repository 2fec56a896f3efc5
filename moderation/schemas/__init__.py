"""What goes in and out over REST: each struct validates, encodes and documents itself."""
