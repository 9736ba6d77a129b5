"""Figures from traces and from the CSV files of sweeps."""
