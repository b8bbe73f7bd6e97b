import './styles.css'
import { QueryClientProvider } from '@tanstack/solid-query'
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { client } from './lib/client.ts'

const host = document.querySelector('#app')
if (host)
  render(
    () => (
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    ),
    host,
  )
