// Before anything is drawn: room for what scripts show later, and the theme of an earlier visit.
document.documentElement.classList.add("scripted");
try {
  const theme = localStorage.getItem("fazhi.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be forbidden; the system's preference then holds */ }
