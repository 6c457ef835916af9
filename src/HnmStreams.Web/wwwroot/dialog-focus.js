// Keeps the focus in an open dialog (WAI-ARIA Authoring Practices, dialog pattern), and returns it to the element that opened the dialog.
const dialogSelector = '.rz-dialog'
const focusable = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex]:not([tabindex="-1"])'
let opener = null

const topDialog = () => [...document.querySelectorAll(dialogSelector)].at(-1)

new MutationObserver(() => {
    const dialog = topDialog()
    if (dialog && !dialog.contains(document.activeElement)) {
        opener ??= document.activeElement
        dialog.tabIndex = -1
        dialog.focus()
    } else if (!dialog && opener) {
        if (opener.isConnected && document.activeElement === document.body)
            opener.focus()
        opener = null
    }
}).observe(document.body, { childList: true, subtree: true })

document.addEventListener('keydown', event => {
    const dialog = topDialog()
    if (event.key !== 'Tab' || !dialog)
        return
    const stops = [...dialog.querySelectorAll(focusable)].filter(element => element.getClientRects().length > 0)
    const [first, last] = [stops[0] ?? dialog, stops.at(-1) ?? dialog]
    const active = document.activeElement
    if (!dialog.contains(active) || active === (event.shiftKey ? first : last) || (event.shiftKey && active === dialog)) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus()
    }
}, true)
