"""The content that bgsync ships: links to `model/` and `properties/` in a checkout, copies of them in a wheel."""
