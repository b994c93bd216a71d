/** Models of the Hugging Face hub, kept in the cache that its own Python library keeps. */
package org.ptuning4j.hub.huggingface;
