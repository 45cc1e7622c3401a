// Before anything is drawn: the theme chosen on an earlier visit.
try {
  const theme = localStorage.getItem("fazhi.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be forbidden; the system's preference then holds */ }
