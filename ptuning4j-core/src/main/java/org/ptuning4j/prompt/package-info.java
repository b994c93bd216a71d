/** The methods: one record for each, and the module that it trains. */
package org.ptuning4j.prompt;
