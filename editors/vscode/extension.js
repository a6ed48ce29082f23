"use strict";
// Starts `bgsync lsp`, and hands it the texts that the settings name.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("bgsync");
  const files = settings.get("files").map((pattern) => ({ scheme: "file", pattern }));
  client = new LanguageClient(
    "bgsync",
    { command: settings.get("command"), args: ["lsp", ...settings.get("arguments")] },
    { documentSelector: [...files, { scheme: "untitled", language: "bikeshed" }] },
  );
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(`bgsync does not start (${error.message}): set bgsync.command to where it is`);
  }
}

async function stop() {
  await client?.stop().catch(() => {});
  client = undefined;
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("bgsync.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("bgsync") && restart()),
  );
  await start();
};

exports.deactivate = stop;
