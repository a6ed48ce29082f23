"""The content that bgsync ships: the folders `model/` and `properties/` of a checkout, here as links, copied in a wheel."""
