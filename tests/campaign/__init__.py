"""Long campaigns against the reader, the engines, the files and the exports: see docs/campaign.md."""
