module eddybench

go 1.21
