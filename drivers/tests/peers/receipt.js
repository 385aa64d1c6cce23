// Prints the bytes of two other encoders for the slip of receipt.rs, in hexadecimal, a line each.
const path = require('path')
const { createRequire } = require('module')
const { pathToFileURL } = require('url')
const load = createRequire(path.join(process.argv[2], 'package.json'))
const lines = JSON.parse(process.argv[3])
const qr = process.argv[4]

const hex = bytes => Buffer.from(bytes, 'binary').toString('hex')
const document = lines.join('\n') + '\n'
console.log(hex(load('receiptline').transform(document, { cpl: 48, encoding: 'gb18030', command: 'escpos' })))

import(pathToFileURL(load.resolve('@point-of-sale/receipt-printer-encoder')).href).then(module => {
  const Encoder = module.default.default || module.default
  const encoder = new Encoder({ language: 'esc-pos', columns: 48, newline: '\n' })
  console.log(hex(encoder.qrcode(qr, { model: 2, size: 6, errorlevel: 'm' }).cut('partial').encode()))
})
