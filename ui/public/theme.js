// Runs before the first paint, so that a chosen theme does not flash the other one.
(function () {
  try {
    var choice = localStorage.getItem('hms-theme');
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
  } catch {
    // Storage is blocked: the system's theme rules.
  }
})();
