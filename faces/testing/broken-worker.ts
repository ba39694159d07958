// A thread whose models are missing.
throw new Error('no models here');
