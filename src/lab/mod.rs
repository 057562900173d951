//! The lab: makes the models and measures them, from synthetic data only.
