// An IPP printer by others on a free port. Says the port, then each job that it took.
const path = require('path')
const { createRequire } = require('module')
const Printer = createRequire(path.join(process.argv[2], 'package.json'))('ipp-printer')

const printer = new Printer({ name: 'Peer', zeroconf: false, port: 0 })
printer.server.on('listening', () => console.log(printer.server.address().port))
printer.on('job', job => {
  const parts = []
  job.on('data', part => parts.push(part))
  job.on('end', () => console.log(job.name + '\t' + Buffer.concat(parts).toString('hex')))
})
