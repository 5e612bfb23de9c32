"""What conversations leave behind: cases and alerts."""
