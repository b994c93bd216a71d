# zsh -f offered.zsh FOLDER-WITH-_ptune WORKING-FOLDER LINE: what zsh offers when tab is pressed behind the line.
offered="$(mktemp)" setup="$(mktemp)"
cat >"$setup" <<EOF
PROMPT=
fpath=(${(q)1} \$fpath)
cd ${(q)2}
autoload -Uz compinit
compinit -u -D
bindkey '^I' complete-word
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a hits
    builtin compadd -A hits "\$@"
    (( \$#hits )) && print -l -- \$hits >>$offered
  fi
  builtin compadd "\$@"
}
finish() { exit }
comppostfuncs=(finish)
EOF
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source $setup"
zpty -w -n shell "$3"$'\t'
while zpty -r shell line 2>/dev/null; do :; done
cat "$offered"
rm -f "$offered" "$setup"
