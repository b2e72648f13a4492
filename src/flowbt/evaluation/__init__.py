"""Does a signal predict? Forward outcomes, hit rates against base rates, inference that minds the dependence of days."""
