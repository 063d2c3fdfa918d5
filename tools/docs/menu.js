// On a phone the menu is closed until asked for; the field narrows it down to the names that match.
const menu = document.getElementById('menu');
const narrow = matchMedia('(max-width: 60rem)');
const fit = () => { menu.open = !narrow.matches; };
narrow.addEventListener('change', fit);
fit();
menu.addEventListener('click', (event) => {
    if (narrow.matches && event.target.closest('a')) menu.open = false;
});

const find = document.getElementById('find');
const narrowDown = () => {
    const wanted = find.value.trim().toLowerCase();
    for (const part of menu.querySelectorAll('section')) {
        let any = false;
        for (const name of part.querySelectorAll('li')) {
            name.hidden = !name.textContent.toLowerCase().includes(wanted);
            any ||= !name.hidden;
        }
        part.hidden = !any;
    }
};
find?.addEventListener('input', narrowDown);
find?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const first = menu.querySelector('section:not([hidden]) li:not([hidden]) a');
    first?.click();
});
document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || !find || event.target === find) return;
    event.preventDefault();
    menu.open = true;
    find.focus();
});
