import {createServer} from 'node:http'
import {once} from 'node:events'

/** A server that keeps events once per id, and can be told to misbehave. */
export async function startServer() {
  const state = {events: [], requests: [], known: new Set(), answers: []}
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const events = body.trim().split('\n').map(line => JSON.parse(line))
    state.requests.push({headers: request.headers, url: request.url, body, events})
    const answer = state.answers.shift()
    const act = typeof answer === 'function' ? answer(events) : answer
    if (act?.drop) return request.socket.destroy()
    if (act?.status) {
      response.writeHead(act.status, {'Content-Type': 'application/problem+json', ...act.headers})
      return response.end(JSON.stringify(act.problem ?? {title: 'no'}))
    }
    for (const event of events) {
      const key = `${event.source ?? ''}/${event.id}`
      if (!state.known.has(key)) state.events.push(event)
      state.known.add(key)
    }
    if (act?.storeAndDrop) return request.socket.destroy()
    response.writeHead(204).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...state,
    state,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise(resolve => {
      server.closeAllConnections()
      server.close(resolve)
    }),
  }
}
