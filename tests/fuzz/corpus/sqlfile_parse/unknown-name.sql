select :nobody
