"""What goes in and out over REST, frames and push: each struct validates, encodes and documents itself."""
