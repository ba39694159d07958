export interface PickedFile {
  name: string;
  file: Blob;
}

/** Lets the user choose a picture or a PDF, or take a photo. Null when nothing was chosen. */
export function pickFile(): Promise<PickedFile | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/jpeg,image/png,image/webp,application/pdf';
    input.style.display = 'none';
    const done = (picked: PickedFile | null) => {
      input.remove();
      resolve(picked);
    };
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      done(file ? { name: file.name, file } : null);
    });
    input.addEventListener('cancel', () => done(null));
    document.body.append(input);
    input.click();
  });
}
