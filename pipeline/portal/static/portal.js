// Files are sent as soon as they are chosen or dropped, one after the other, each with its progress and its receipt.

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const form = part("form");
const input = form && form.querySelector("input[type=file]");

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = `${file.name}: `;
  const said = document.createElement("span");
  said.textContent = "sendes …";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", `Fremdrift for ${file.name}`);
  item.append(name, said, bar);
  part("files").append(item);
  return { item, said, bar };
}

function outcome({ accepted, refused }) {
  if (!accepted) return "ingen rækker kan bruges";
  return refused ? `læst, ${refused} ${refused === 1 ? "række" : "rækker"} er afvist` : "læst";
}

const most = form && Number(form.dataset.mostMb);

function send(file) {
  const { item, said, bar } = line(file);
  if (file.size > most * 1024 * 1024) {
    bar.remove();
    said.textContent = `er ikke sendt: den er for stor; en fil må højst fylde ${most} MB.`;
    said.className = "error";
    item.dataset.done = "true";
    return Promise.resolve(null);
  }
  const body = new FormData();
  body.append("csrf", form.elements.csrf.value);
  body.append("file", file);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = (100 * loaded) / total;
      if (loaded === total) said.textContent = "læses …";
    };
    request.onerror = () => finish(null);
    request.onload = () => finish(request.response);
    function finish(answer) {
      bar.remove();
      if (answer && answer.receipt) {
        const link = document.createElement("a");
        link.href = answer.receipt;
        link.textContent = `${outcome(answer)}: se kvitteringen`;
        said.replaceChildren(link);
      } else {
        // Who is not signed in any more is led to the front page, which is no answer to a script.
        const isOut = request.status === 403 || (request.status === 200 && !answer);
        const why = isOut ? "Du er logget ud. Log ind, og send filen igen." : "Forbindelsen blev afbrudt. Send filen igen.";
        said.textContent = (answer && answer.error) || why;
        said.className = "error";
      }
      item.dataset.done = "true";
      done(answer && answer.receipt);
    }
    request.send(body);
  });
}

async function sendAll(files) {
  const made = [];
  part("say").textContent = "";
  for (const file of files) made.push(await send(file));
  input.value = "";
  if (made.length === 1 && made[0]) location.assign(made[0]);
  else part("say").textContent = "Alle filer er behandlet. Åbn hver kvittering, og bekræft den.";
}

if (form) {
  part("button").hidden = true;
  form.classList.add("scripted");
  input.addEventListener("change", () => input.files.length && sendAll([...input.files]));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"])
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) sendAll([...event.dataTransfer.files]);
  });
}
