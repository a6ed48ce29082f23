// Its events succeed at once. Each has the browser look at what is due, in every origin of the profile.
addEventListener("sync", () => {});
