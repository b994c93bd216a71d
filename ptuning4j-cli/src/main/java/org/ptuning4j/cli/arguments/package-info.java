/** What was typed: its characters whatever the locale, its options, its lists. */
package org.ptuning4j.cli.arguments;
