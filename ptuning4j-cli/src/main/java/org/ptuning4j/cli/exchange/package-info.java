/** Commands that take prompts from other programs, and give them. */
package org.ptuning4j.cli.exchange;
