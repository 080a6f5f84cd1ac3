// The identifiers of this extension's commands, as package.json declares them.

export const COMMANDS = {
  acceptEdit: "foretype.acceptEdit",
  chooseModel: "foretype.chooseModel",
  discardEdit: "foretype.discardEdit",
  dismiss: "foretype.dismiss",
  doctor: "foretype.runDoctor",
  explain: "foretype.explain",
  install: "foretype.install",
  menu: "foretype.menu",
  pause: "foretype.pause",
  removeEnvironment: "foretype.removeEnvironment",
  restart: "foretype.restart",
  review: "foretype.review",
  rewrite: "foretype.rewrite",
  scratch: "foretype.scratch",
  setUpEndpoint: "foretype.setUpEndpoint",
  showLog: "foretype.showLog",
  switchLanguage: "foretype.switchLanguage",
  timing: "foretype.timing",
  walkthrough: "foretype.walkthrough",
} as const;
