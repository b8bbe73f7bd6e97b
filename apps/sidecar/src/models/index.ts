/** Models: chat over routes and lists of what providers have. Nothing here is kept between calls. */
export { chat } from './chat.ts'
export { listModels } from './list.ts'
export { Provider } from './provider.ts'
export { ChatRequest, type Frame } from './shapes.ts'
