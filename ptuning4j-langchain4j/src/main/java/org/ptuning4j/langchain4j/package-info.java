/** Packs as parts of LangChain4j. */
package org.ptuning4j.langchain4j;
