/** Packs in a Spring Boot application. */
package org.ptuning4j.spring;
