/** The methods, one record for each, and the registry of them. */
package org.ptuning4j.prompt.method;
