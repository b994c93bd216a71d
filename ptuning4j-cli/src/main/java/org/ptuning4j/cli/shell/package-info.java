/** What shells and manuals know of the command: completions for bash, zsh and fish; man pages. */
package org.ptuning4j.cli.shell;
