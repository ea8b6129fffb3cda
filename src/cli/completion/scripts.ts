import { COMPLETE_WORD } from './word.ts';

// Each script asks the program itself, so that it never has to be renewed. Written against the shells' manuals.

const BASH = `# Completion of metrics-lab for bash. Try it with:  source <(metrics-lab completion bash)
# For good: metrics-lab completion bash > ~/.local/share/bash-completion/completions/metrics-lab
_metrics_lab() {
  local line="\${COMP_LINE:0:COMP_POINT}" current candidate file
  local -a words
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  unset "words[\${#words[@]}-1]"
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ "$candidate" == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "\${current#*=}")
    else
      # bash takes "--flag=" for a word of its own
      [[ "$current" == *=* ]] && candidate="\${candidate#*=}"
      COMPREPLY+=("$candidate")
    fi
  done < <(metrics-lab ${COMPLETE_WORD} -- "\${words[@]:1}" "=$current" 2>/dev/null)
}
complete -F _metrics_lab metrics-lab
`;

const ZSH = `#compdef metrics-lab
# Completion of metrics-lab for zsh. Try it with:  source <(metrics-lab completion zsh)
# For good: metrics-lab completion zsh > "\${fpath[1]}/_metrics-lab"
_metrics_lab() {
  local line
  local -a lines found
  lines=("\${(@f)$(metrics-lab ${COMPLETE_WORD} -- "\${(@)words[2,CURRENT-1]}" "=$PREFIX" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    if [[ "$line" == ':files' ]]; then
      [[ "$PREFIX" == --*=* ]] && compset -P '*='
      _files
    elif [[ -n "$line" ]]; then
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( \${#found} )) && _describe -V 'metrics-lab' found
}
if [[ "\${funcstack[1]}" == _metrics_lab ]]; then
  _metrics_lab "$@"
else
  compdef _metrics_lab metrics-lab
fi
`;

const FISH = `# Completion of metrics-lab for fish. Try it with:  metrics-lab completion fish | source
# For good: metrics-lab completion fish > ~/.config/fish/completions/metrics-lab.fish
function __metrics_lab_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (metrics-lab ${COMPLETE_WORD} -- $words[2..-1] "=$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c metrics-lab -f -k -a '(__metrics_lab_complete)'
`;

const POWERSHELL = `# Completion of metrics-lab for PowerShell. Try it with:
#   metrics-lab completion powershell | Out-String | Invoke-Expression
# For good: add that line to the file that $PROFILE names.
Register-ArgumentCompleter -Native -CommandName metrics-lab -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } |
    ForEach-Object { $_.ToString() })
  metrics-lab ${COMPLETE_WORD} '--' @words "=$wordToComplete" 2>$null | ForEach-Object {
    if ($_ -ne ':files') {
      $value, $help = $_ -split "\`t", 2
      if (-not $help) { $help = $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
  }
}
`;

/** The completion scripts, by shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
