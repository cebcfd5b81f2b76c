/** How a form looks. Everything that a site may want otherwise is a custom property, or a part. */
export const style = `
:host { display: block; font: var(--emp-font, inherit); color: inherit; accent-color: var(--emp-accent, #0b5394) }
:host([hidden]), [hidden] { display: none }
form, #questions, .group { display: grid; gap: var(--emp-gap, 1.5rem) }
h2, h3 { font-size: 1.15em; margin: 0 0 .5rem }
fieldset, .question { border: 0; margin: 0; padding: 0; min-width: 0 }
legend, label.title { display: block; font-weight: 600; padding: 0; margin-bottom: .25rem }
p { margin: .25rem 0 }
#note:empty { position: absolute }
.faults { border: 2px solid var(--emp-error, #b3261e); border-radius: var(--emp-radius, .25rem); padding: .75rem 1rem }
.faults ul { margin: 0; padding: 0; list-style: none }
.faults li { padding: .25rem 0 }
.faults a { color: inherit }
progress { flex: 1 }
summary { font-weight: 600 }
textarea { box-sizing: border-box; width: 100% }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.hint, .asked { font-size: .9em }
.option, .entry, .actions, .asked { display: flex; gap: .5rem; align-items: center; padding: .25rem 0 }
.option input { width: 1.25rem; height: 1.25rem; margin: 0; flex: none }
.entry, .actions { flex-wrap: wrap }
input[type=text], select, textarea { font: inherit; color: inherit; background: transparent; padding: .5rem;
  border: 1px solid var(--emp-border, currentcolor); border-radius: var(--emp-radius, .25rem); max-width: 100% }
input[type=text] { width: 8rem }
select option { color: CanvasText; background: Canvas }
.faulty { border-inline-start: .25rem solid var(--emp-error, #b3261e); padding-inline-start: .75rem }
.fault { font-weight: 600 }
button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border-radius: var(--emp-radius, .25rem); cursor: pointer }
button[type=submit] { border: 1px solid transparent; background: var(--emp-accent, #0b5394); color: var(--emp-accent-text, #fff) }
button[type=button] { border: 1px solid currentcolor; background: transparent; color: inherit }
.faults:focus, :focus-visible { outline: 3px solid var(--emp-focus, currentcolor); outline-offset: 2px }
.answer { font-size: 1.25em; font-weight: 600 }
`
