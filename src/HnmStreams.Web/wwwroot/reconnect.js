// Behavior of the reconnect dialog. After a restart the server rejects the circuit, and a reload starts a new one.
const dialog = document.getElementById('components-reconnect-modal')
const retryInterval = 3000

async function retry() {
    try {
        // False: the server is there but no longer has the circuit.
        if (!await Blazor.reconnect())
            location.reload()
    } catch {
        setTimeout(retry, retryInterval)
    }
}

dialog.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'failed')
        setTimeout(retry, retryInterval)
    else if (event.detail.state === 'rejected')
        location.reload()
})
